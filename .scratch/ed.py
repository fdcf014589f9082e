from pathlib import Path
def sub(path,*pairs):
    p=Path(path); s=p.read_text()
    for a,b in pairs:
        if a not in s: print("MISSING",path,a[:90]); continue
        s=s.replace(a,b)
    p.write_text(s)
