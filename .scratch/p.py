import time
from harness.lab.images import prepare
t=time.time()
r=prepare(["debian:bullseye","debian:sid"],python=["pyst2","codet-ari","panoramisk","requests==2.32.*","urllib3==2.2.*","websocket-client==1.8.*","charset-normalizer==3.4.*"],progress=print)
print({k:v.image for k,v in r.items()},time.time()-t)
