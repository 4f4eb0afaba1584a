"""Charts as plain ECharts options, one builder per chart; the same option serves screen and paper.

An option holds no function: shapes that ECharts does not have are named (`renderItem: "interval"`) and drawn by
`runtime.js`. Colours of text and ground come from the page (light or dark), colours of data from `palette`.
"""
