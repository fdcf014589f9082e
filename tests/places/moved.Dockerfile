# Asterisk with other places compiled in, without a compiler: the paths in its program get others of the same length.
# One folder is that of its own asterisk.conf. No Python, a user of its own, and an entrypoint that would never start it.
ARG BASE
FROM ${BASE}
RUN LC_ALL=C sed -i \
        -e 's#/etc/asterisk#/opt/asterisk#g; s#/usr/lib/\([a-z0-9_-]*\)/asterisk/modules#/opt/lib/\1/asterisk/modules#g' \
        -e 's#/usr/share/asterisk#/opt/share/asterisk#g' \
        -e 's#/var/\(lib\|spool\|log\|run\|cache\)/asterisk#/opt/\1/asterisk#g' /usr/sbin/asterisk \
    && for link in $(find /usr/share/asterisk -type l); do \
        target=$(readlink -f "$link" | sed 's#^/\(usr\|var\)/#/opt/#'); rm "$link"; ln -s "$target" "$link"; done \
    && mkdir -p /opt/lib /opt/share /opt/spool /opt/log /opt/run/asterisk /opt/cache/asterisk \
    && mv /usr/sbin/asterisk /usr/local/sbin/ && mv /etc/asterisk /opt/ \
    && for name in lib spool log; do mv "/var/$name/asterisk" "/opt/$name/"; done \
    && for folder in /usr/lib/*/asterisk; do mkdir -p "/opt${folder#/usr}" && mv "$folder"/* "/opt${folder#/usr}/"; done \
    && mv /usr/share/asterisk /opt/share/ \
    && rm /usr/bin/python3* \
    && printf '[directories]\nastlogdir => /opt/log/pbx\n' > /opt/asterisk/asterisk.conf \
    && echo 'pbx:x:7000:7000::/opt/lib/asterisk:/bin/false' >> /etc/passwd && echo 'pbx:x:7000:' >> /etc/group \
    && chown -R pbx:pbx /opt/lib/asterisk /opt/spool /opt/log /opt/run /opt/cache
ENTRYPOINT ["/entrypoint-that-is-not-there"]
USER pbx
