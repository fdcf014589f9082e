"use strict";
(() => {
  const make = (tag, { text, ...properties } = {}, ...children) => {
    const element = document.createElement(tag);
    Object.assign(element, properties);
    if (text !== undefined) element.textContent = text;
    element.append(...children);
    return element;
  };
  const plural = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

  // The filter: each field asks for a value among those of `data-…`; the search for all its words in the text.
  const form = document.getElementById("filter");
  const items = [...document.querySelectorAll(".one")];
  const texts = new Map();
  const textOf = (item) => {
    if (!texts.has(item)) texts.set(item, item.textContent.toLowerCase());
    return texts.get(item);
  };
  const filter = () => {
    const asked = Object.fromEntries(new FormData(form));
    const words = asked.text.toLowerCase().split(/\s+/).filter(Boolean);
    const fields = Object.entries(asked).filter(([name, value]) => name !== "text" && value);
    let shown = 0;
    for (const item of items) {
      const suits = fields.every(([name, value]) => (item.dataset[name] || "").includes(`|${value.replaceAll("|", "/")}|`))
        && words.every((word) => textOf(item).includes(word));
      item.hidden = !suits;
      shown += suits;
    }
    for (const group of document.querySelectorAll(".group")) {
      const all = group.querySelectorAll(".one").length;
      const left = group.querySelectorAll(".one:not([hidden])").length;
      group.querySelector(".total").textContent = left === all ? `(${all})` : `(${left} of ${all})`;
    }
    const isAsked = words.length || fields.length;
    form.elements.count.textContent = isAsked ? `${shown} of ${items.length} are shown` : "";
  };
  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 120);
  });
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    filter();
  });

  // What is packed: JSON, deflated, as base64.
  const unpack = async (id) => {
    const text = document.getElementById(id).textContent;
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new Response(stream).json();
  };

  // A ladder: rows of two halves, old and candidate, each with its lanes.
  const half = (cell, lanes, fields, side) => {
    if (!cell) return make("div", { className: "half absent", text: "(nothing)" });
    const [from, to] = cell.arrow;
    const [low, high] = [Math.min(from, to), Math.max(from, to)];
    const isWithin = from === to;
    const isRight = low > 0.6 * lanes.length;
    const says = isWithin ? `${lanes[from]}: ` : `${lanes[from]} to ${lanes[to]}: `;
    const label = make("span", { className: isRight ? "label right" : "label" },
      make("span", { className: "vh", text: says }), make("span", { text: cell.text }));
    for (const [name, ...values] of fields) {
      label.append(make("br"), make("span", { className: "mark", text: `${name}: ${values[side]}` }));
    }
    label.style.gridColumn = isRight ? `1 / ${2 * high + 2}` : `${2 * low + 2} / -1`;
    const grid = make("div", { className: isWithin ? "lanes within" : "lanes" }, label);
    grid.style.setProperty("--n", lanes.length);
    if (!isWithin) {
      const arrow = make("span", { className: `arrow ${to > from ? "to-right" : "to-left"}` });
      arrow.style.gridColumn = `${2 * low + 2} / ${2 * high + 2}`;
      grid.append(arrow);
    }
    return make("div", { className: "half" }, grid);
  };
  const rawOf = (cell, side) => {
    const box = make("div");
    if (!cell) return make("div", {}, make("p", { text: `${side}: nothing` }));
    const where = [cell.at == null ? "told at the end" : `after ${cell.at.toFixed(3)} s`, cell.spot, cell.place];
    box.append(make("p", { text: `${side}: ${where.filter(Boolean).join(" \u00b7 ")}` }));
    if (cell.sound) box.append(make("audio", { controls: true, src: `data:audio/wav;base64,${cell.sound}` }));
    if (cell.raw) box.append(make("pre", { text: cell.raw, tabIndex: 0 }));
    return box;
  };
  const MARKS = { "=": "the same", "~": "differs", "<": "only on the old release", ">": "only on the candidate" };
  const rowOf = (row, lanes) => {
    const differs = row.mark !== "=";
    const kind = !differs ? "row" : row.holds ? "row differs" : row.cause ? "row told" : "row chance";
    const item = make("li", { className: kind });
    const pair = make("div", { className: "pair", tabIndex: 0 });
    pair.setAttribute("role", "button");
    pair.setAttribute("aria-expanded", "false");
    pair.append(make("span", { className: "vh", text: `${MARKS[row.mark]}. ` }));
    const fields = row.fields || [];
    pair.append(half(row.old, lanes, fields, 0), half(row.candidate, lanes, fields, 1));
    const open = () => {
      const isOpen = pair.getAttribute("aria-expanded") === "true";
      pair.setAttribute("aria-expanded", String(!isOpen));
      if (isOpen) {
        item.querySelectorAll(".raw, .why").forEach((part) => part.remove());
        return;
      }
      if (differs) {
        const why = make("p", { className: "why" });
        if (row.cause) why.append("This belongs to ", make("a", { href: `#cause-${row.cause}`, text: `cause ${row.cause}` }));
        else why.append("This is no finding of its own: it is how the dialplan got there, follows from what came before, or is chance.");
        item.append(why);
      }
      item.append(make("div", { className: "raw" }, rawOf(row.old, "Old"), rawOf(row.candidate, "Candidate")));
    };
    pair.addEventListener("click", open);
    pair.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      open();
    });
    item.append(pair);
    return item;
  };
  const drawLadder = ({ lanes, rows }, name) => {
    const list = make("ol");
    const folds = [];
    let run = [];
    const endRun = () => {
      if (!run.length) return;
      const same = run.map((row) => rowOf(row, lanes));
      const fold = make("button", { type: "button", className: "fold", text: `${plural(same.length, "step")} the same` });
      const show = (isOpen) => {
        fold.setAttribute("aria-expanded", String(isOpen));
        same.forEach((item) => { item.hidden = !isOpen; });
      };
      fold.addEventListener("click", () => show(fold.getAttribute("aria-expanded") !== "true"));
      folds.push(show);
      list.append(make("li", {}, fold), ...same);
      show(false);
      run = [];
    };
    for (const row of rows) {
      if (row.mark === "=") { run.push(row); continue; }
      endRun();
      list.append(rowOf(row, lanes));
    }
    endRun();
    const differing = rows.filter((row) => row.mark !== "=").length;
    const holding = rows.filter((row) => row.holds).length;
    const every = make("input", { type: "checkbox" });
    every.addEventListener("change", () => folds.forEach((show) => show(every.checked)));
    if (!differing) { every.checked = true; folds.forEach((show) => show(true)); }
    const head = (words) => {
      const grid = make("div", { className: "lanes" });
      grid.style.setProperty("--n", lanes.length);
      lanes.forEach((lane, number) => {
        const cell = make("span", { text: lane });
        cell.style.gridColumn = `${2 * number + 1} / span 2`;
        grid.append(cell);
      });
      return make("div", { className: "half" }, make("strong", { text: words }), grid);
    };
    const heads = make("div", { className: "pair heads" }, head("Old"), head("Candidate"));
    const tools = make("div", { className: "tools" },
      make("label", {}, every, " Show what is the same"),
      make("p", { text: `${differing} of ${plural(rows.length, "step")} differ, ${holding || "none"} of them for a cause that holds (red). A step opens to what was said, word by word.` }));
    const ladder = make("div", { className: "ladder" }, tools, heads, list);
    ladder.setAttribute("role", "group");
    ladder.setAttribute("aria-label", `${name}, side by side`);
    return make("div", { className: "wide" }, ladder);
  };
  const toggleLadder = async (button) => {
    const body = button.closest(".body");
    const drawn = body.querySelector(".ladder");
    if (drawn) {
      drawn.parentElement.remove();
      button.setAttribute("aria-expanded", "false");
      return;
    }
    button.disabled = true;
    try {
      const ladder = await unpack(button.dataset.packed);
      body.append(drawLadder(ladder, body.closest("li").querySelector(".title").textContent));
      button.setAttribute("aria-expanded", "true");
    } catch (problem) {
      body.append(make("p", { className: "problem", text: `The ladder cannot be unpacked here: ${problem}` }));
    }
    button.disabled = false;
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".open-ladder");
    if (button) toggleLadder(button).then(() => button.focus());
  });

  // The dialplan, line by line, with how many calls ran each.
  const drawSource = (lines) => {
    const box = make("pre", { className: "source-lines", tabIndex: 0 });
    for (const [number, text, ran] of lines) {
      const count = ran > 0 ? plural(ran, "call") : ran === 0 ? "not played" : "";
      const kind = ran > 0 ? "ran" : ran === 0 ? "never" : "";
      box.append(make("span", { className: kind },
        make("i", { text: `${count.padStart(10)} ${String(number).padStart(5)}  ` }), text));
    }
    return box;
  };
  for (const source of document.querySelectorAll(".source")) {
    source.addEventListener("toggle", async () => {
      const body = source.querySelector(".body");
      if (source.open && !body.hasChildNodes()) body.append(drawSource(await unpack(source.dataset.packed)));
    });
  }

  // A link opens what it leads to.
  const openTarget = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target || !target.matches(".one")) return;
    target.hidden = false;
    const details = target.querySelector("details");
    details.open = true;
    details.querySelector("summary").focus({ preventScroll: true });
    target.scrollIntoView();
  };
  addEventListener("hashchange", openTarget);
  openTarget();

  // On paper, what holds is open.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("#holding .one:not([hidden]) > details:not([open])")];
    opened.forEach((details) => { details.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((details) => { details.open = false; }));
})();
