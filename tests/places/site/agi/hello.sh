#!/bin/sh
while read -r line && [ -n "$line" ]; do :; done
echo 'SET VARIABLE SAID hello'
read -r answer
