import asyncio, sys, time
from pathlib import Path
from harness.site import load_site
from harness.lab import prepare, boot_trio
async def main():
    site=load_site(Path("scenarios/demo"))
    rel=prepare((site.old.release,site.candidate.release),packages=site.packages,python=site.python,progress=print)
    t=time.time()
    async with boot_trio(site,rel,progress=lambda l: print(f"{time.time()-t:.2f} {l}"),apps=site.apps) as trio:
        print("up",time.time()-t)
        for n,c in trio.companions.items():
            if n=="again": continue
            for p in c.programs:
                print(n,p.app.name,p.ready_after,p.trouble,[l for _,l in p.lines][-12:])
        def stopall():
            for c in trio.companions.values():
                for p in c.programs: 
                    t0=time.time(); p.stop(); print(p.app.name,p.stop_words,time.time()-t0)
        import json,base64
        raw=trio.companions["old"].tap.container.exec_run(["cat","/tmp/record.jsonl"]).output.decode()
        for l in raw.splitlines():
            d=json.loads(l)
            if d["c"]==3: print(d.get("d"),d.get("e"), base64.b64decode(d.get("b",""))[:600])
        await asyncio.to_thread(stopall)
        t1=time.time()
    print("closed",time.time()-t1)
asyncio.run(main())
