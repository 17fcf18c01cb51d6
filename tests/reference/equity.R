# Inequality of the homes in equity_homes.csv, by R. Run equity_peers.py first, then
# in this folder: Rscript equity.R. It writes equity.csv and equity_versions.csv.
#
# Gini: laeken. The rest is arithmetic from the definitions, by other routes than
# govlib's: ranks from all pairs, concentration indices as slopes of a weighted
# regression (Kakwani, Wagstaff and van Doorslaer 1997, eq. 8), Theil in parts of its
# own total.
library(laeken)

homes <- read.csv("equity_homes.csv", fileEncoding = "UTF-8")
rows <- list()
keep <- function(case, value) {
  rows[[length(rows) + 1]] <<- data.frame(case = case, value = value)
}

y <- homes$hours
for (weighted in c(FALSE, TRUE)) {
  w <- if (weighted) homes$people else rep(1, nrow(homes))
  p <- w / sum(w)
  label <- if (weighted) " weighted" else ""
  keep(paste0("gini", label), gini(y, weights = w)$value / 100)
  pairs <- outer(p, p) * abs(outer(y, y, "-"))
  keep(paste0("gini of all pairs", label), sum(pairs) / (2 * sum(p * y)))
  r <- y / sum(p * y)
  terms <- ifelse(r > 0, p * r * log(r), 0)
  keep(paste0("theil", label), sum(terms))
  people <- tapply(p, homes$district, sum)
  held <- tapply(p * r, homes$district, sum)
  between <- held * log(held / people)
  keep(paste0("theil between", label), sum(between))
  keep(paste0("theil within", label), sum(terms) - sum(between))
  for (name in names(between)) keep(paste0("theil between ", name, label), between[[name]])
  for (e in c(0.25, 0.5)) {
    equal <- weighted.mean(y^(1 - e), w)^(1 / (1 - e))
    keep(paste0("atkinson ", e, label), 1 - equal / weighted.mean(y, w))
  }
  s <- y > 0
  keep(paste0("atkinson 1 of those served", label),
       1 - exp(weighted.mean(log(y[s]), w[s])) / weighted.mean(y[s], w[s]))
  keep(paste0("atkinson 2 of those served", label),
       1 - 1 / weighted.mean(1 / y[s], w[s]) / weighted.mean(y[s], w[s]))

  x <- homes$income
  rank <- colSums(p * (outer(x, x, "<") + outer(x, x, "==") / 2))
  variance <- weighted.mean((rank - weighted.mean(rank, w))^2, w)
  index <- function(v) {
    unname(coef(lm(2 * variance * v / weighted.mean(v, w) ~ rank, weights = w))[2])
  }
  for (name in c("hours", "near", "score")) {
    v <- homes[[name]]
    keep(paste0("concentration ", name, label), index(v))
  }
  for (case in list(list("near", 0, 1), list("score", 1, 5))) {
    v <- homes[[case[[1]]]]
    a <- case[[2]]
    b <- case[[3]]
    m <- weighted.mean(v, w)
    keep(paste0("wagstaff ", case[[1]], label), index(v) * m * (b - a) / ((b - m) * (m - a)))
    keep(paste0("erreygers ", case[[1]], label), 4 * index(v) * m / (b - a))
  }
}

out <- do.call(rbind, rows)
out$value <- formatC(out$value, digits = 15, format = "g")
write.csv(out, "equity.csv", row.names = FALSE, quote = FALSE, fileEncoding = "UTF-8")
versions <- data.frame(
  program = c("R", "laeken", "inequality", "segregation", "access"),
  version = c(paste(R.version$major, R.version$minor, sep = "."),
              as.character(packageVersion("laeken")), "1.1.2", "2.5.4", "1.1.10")
)
write.csv(versions, "equity_versions.csv", row.names = FALSE, quote = FALSE)
