// c
module "a.io/b/v2"
go 1.22.1
toolchain go1.22.3
require (
	c.io/d v1.2.3 // indirect; e
	`f.io/g` v0.0.0-20200101000000-abcdefabcdef
)
replace c.io/d v1.2.3 => ../d // a fork
exclude h.io/i v1.0.0
retract [v1.0.0, v1.1.0] // broken
tool f.io/g/cmd/h
