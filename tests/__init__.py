"""The tests; a package, so that no package of this name that something else installs (Ciw does) comes before it."""
