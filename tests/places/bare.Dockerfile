# Nothing but Asterisk, its folders, and the libraries that it and its modules are linked with, or open themselves
# (NSS): no shell, no users.
ARG BASE
FROM ${BASE} AS whole
USER 0
RUN mkdir /bare && cd / \
    && libraries=$(ldd usr/local/sbin/asterisk opt/lib/*/asterisk/modules/*.so | grep -o '/[^ :]* (' | tr -d ' (' | sort -u) \
    && tar -ch $libraries usr/lib/*/libsoftokn3.* usr/lib/*/libfreebl* usr/local/sbin/asterisk | tar -x -C /bare && tar -c opt | tar -x -C /bare
FROM scratch
COPY --from=whole /bare /
USER 7000
