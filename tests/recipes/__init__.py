"""`make prove-ci`: the recipes of docs/ci.md, run as their systems would."""
