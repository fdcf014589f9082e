#!/bin/sh
while read -r line && [ -n "$line" ]; do :; done
echo 'SET VARIABLE SAID there'
read -r answer
