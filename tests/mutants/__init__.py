"""`make mutants`: random small faults are planted in the pure rooms; the tests have to notice them."""
