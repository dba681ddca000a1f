"""Reading somebody's ledger (台账): from bytes to rows with everything that is wrong with them named. No database here.

`reading` turns a file into plain grids, `headers` finds the header and guesses what each column means, `cells` reads
single values, `tables` turns grid and columns into entries, `marking` writes faulty rows back for correction.
"""
