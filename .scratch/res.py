import re,sys
from pathlib import Path
# resolve: mode per file: list of choices per conflict: 'o' ours, 't' theirs, 'ot' both, 'to'
def resolve(path, *choices):
    s=Path(path).read_text(); it=iter(choices)
    def f(m):
        c=next(it); o,t=m[1],m[2]
        if callable(c): return c(o,t)
        return {'o':o,'t':t,'ot':o+t,'to':t+o}[c]
    s=re.sub(r'<<<<<<< [^\n]*\n(.*?)=======\n(.*?)>>>>>>> [^\n]*\n',f,s,flags=re.S)
    Path(path).write_text(s)
resolve('harness/lab/trio.py',
  lambda o,t:'from harness.lab.overlay import AGI_HOST, Overlaid, OverlayLine\nfrom harness.lab.program import Program\n',
  lambda o,t:o.replace('tuple(lines), self.offset, companions)','tuple(lines), self.hall.host, self.offset, companions)'))
resolve('harness/model.py','t')
s=Path('harness/model.py').read_text()
s=s.replace('''    - `app`: what one of the site's own programs said and was told (App, Interface, Kind, and more);
''','').replace('''    - `step`: what the harness did (Step, and its details) and how it ended;
    - `app`''','''    - `step`: what the harness did (Step, and its details) and how it ended;
    - `app`''')
Path('harness/model.py').write_text(s)
resolve('harness/record/session.py','t','t')
resolve('harness/scenario/stage.py',
  lambda o,t:'from harness.record import Ledger, LogTail, Pieces, Session, Splitter, TapTail, Wire, connect\nfrom harness.scenario.lobby import Lobby\n',
  lambda o,t:t+o)
resolve('harness/site/site.schema.json',lambda o,t:o+'    },\n'+t)
resolve('harness/testing.py',
  lambda o,t:'_VIA: dict[str, Via] = {"Agi": "agi", "App": "app", "Level": "log", "Name": "state", "Step": "step"}\n',
  lambda o,t:'''    A block's first header says what it is: `Level` a line of the log, `Agi` a line of an AGI conversation, `App`
    something of the site's own programs, `Name` a state asked after the scenario, `Step` something the harness
    did, `Ending` (with `Problem`) how the play ended; all else is AMI.
''')
