"""The daily target: an A4 sheet that is printed, photographed, and says what the station resolves.

`layout` where everything stands, `draw` and `pdf` the sheet, `locate` finds it in a photograph,
`tone`, `sfr`, `colour` and `gauge` measure, `grade` judges. Pure: arrays and values in and out.
"""
