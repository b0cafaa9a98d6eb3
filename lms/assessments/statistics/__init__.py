"""The statistics of assessments: pure functions over plain values, one module a subject.

`distributions`, `responses`, `classical`, `dif`, `agreement`, `calibration`, `cuts`, `classification`, `forms` and
`verdicts` need nothing but Python. `irt`, `itemfit`, `scoring`, `adaptive` and `linking` need numpy, which comes with
the extra `statistics`; importing them without it raises `Invalid` with the sentence that says so. Nothing that serves
pages imports them.
"""
