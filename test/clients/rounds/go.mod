module spangate/rounds

go 1.26.0
