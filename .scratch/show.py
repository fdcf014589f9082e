import json,sys
for l in open(sys.argv[1]):
    d=json.loads(l)
    if d.get("via")=="app" or "raw" not in d or "all" in sys.argv: print(d.get("at"), (d.get("raw") or str(d)).replace("\r\n"," | ")[:260])
