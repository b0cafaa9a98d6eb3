"""The statistics of assessments: pure functions over plain values, one module a subject.

`distributions`, `regression`, `responses`, `tables`, `classical`, `dif`, `agreement`, `calibration`, `cuts`,
`choosing`, `classification`, `forms`, `matching` and `linking` need nothing but Python. `irt` (with `fitting` and `itemfit`), `scoring` and
`adaptive` need numpy, which comes with the extra `statistics`; importing them without it raises `Invalid` with the
sentence that says so. Nothing that serves pages imports them.
"""
