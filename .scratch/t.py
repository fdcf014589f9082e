from harness.site.toml import read_toml
from harness.site.schema import check
t=read_toml(b'''name="x"
[old]
release="debian:sid"
config="old"
[candidate]
release="debian:sid"
config="old"
[[app]]
name="a"
comand=["x"]
[[app]]
name="b"
command=["x"]
[app.ready]
txt="1"
''')
for x in check(t,"harness.site","site.schema.json"): print(x)
