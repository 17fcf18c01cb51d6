# Reference numbers for tests/test_deliberation.py, from base R by other routes than
# the library's: all results of a vote and all orders of arrival listed one by one, the
# common mood integrated, limits by dense linear algebra.
# Run in this folder:  Rscript deliberation.R
# Writes deliberation.csv and deliberation_versions.csv.
options(digits = 16)
out <- NULL
keep <- function(case, term, value)
  out <<- rbind(out, data.frame(case = case, term = as.character(term), value = value))

# Votes. Areas in hundredths of a square metre; 1 no, 2 agrees, 3 stays at home.
area <- c(5320, 6135, 7250, 8090, 8090, 9475, 10110, 12030)
agree <- c(.2, .35, .45, .6, .75, .8, .9, .95)
comes <- c(.9, .7, .8, .6, .95, .85, .75, .9)
objects <- c(.5, .3, 0, 0, 0, 0, 0, 0)
results <- as.matrix(expand.grid(rep(list(1:3), 8)))
part <- results < 3
yes <- results == 2
share_at_least <- function(x, y, up, down) down * x >= up * y
share_above <- function(x, y, up, down) down * x > up * y
passes <- function(rule) {
  n <- rowSums(part); a <- part %*% area; yn <- rowSums(yes); ya <- yes %*% area
  quorum <- share_at_least(n, 8, 2, 3) & share_at_least(a, sum(area), 2, 3)
  switch(rule,
    code7 = quorum & share_at_least(yn, n, 3, 4) & share_at_least(ya, a, 3, 4),
    code5 = quorum & share_above(yn, n, 1, 2) & share_above(ya, a, 1, 2),
    number = share_at_least(n, 8, 2, 3) & share_at_least(yn, n, 3, 4),
    two_thirds = share_at_least(yn, 8, 2, 3) & share_at_least(ya, sum(area), 2, 3),
    ninety_percent = share_at_least(yn, 8, 9, 10) & share_at_least(ya, sum(area), 9, 10))
}
mass <- function(p, on = rep(1, 8)) {
  m <- rep(1, nrow(results))
  for (i in 1:8) m <- m * c((1 - p[i]) * comes[i] * on[i], p[i] * comes[i],
                            (1 - comes[i]) * on[i])[results[, i]]
  m
}
for (rule in c("code7", "code5", "number", "two_thirds", "ninety_percent"))
  keep("independent", rule, sum(mass(agree)[passes(rule)]))
keep("built", "code7", sum(mass(agree, 1 - objects * (1 - .4))[passes("code7")]))
for (rho in c(.1, .5, .9)) {
  given <- function(z) sapply(z, function(one) {
    p <- pnorm((qnorm(agree) + sqrt(rho) * one) / sqrt(1 - rho))
    sum(mass(p)[passes("code7")]) * dnorm(one)
  })
  keep("correlated", rho, integrate(given, -9, 9, rel.tol = 1e-11, subdivisions = 2000)$value)
}

# Airport game: the mean over all orders of five of what each adds to the cost.
cost <- c(0, 30, 30, 75, 120)
orders <- function(v) if (length(v) == 1) list(v) else
  do.call(c, lapply(seq_along(v), function(i) lapply(orders(v[-i]), function(o) c(v[i], o))))
all <- orders(1:5)
value <- numeric(5)
for (o in all) { reached <- 0; for (i in o) {
  value[i] <- value[i] + max(cost[i] - reached, 0) / length(all); reached <- max(reached, cost[i]) } }
for (i in 1:5) keep("airport", i, value[i])

# DeGroot: 1 2 3 a circle with weights, 4 and 5 listen to it and to each other.
W <- rbind(c(.5, .3, .2, 0, 0), c(0, .1, .9, 0, 0), c(.6, .4, 0, 0, 0),
           c(.25, 0, 0, 0, .75), c(0, .5, 0, .5, 0))
start <- c(.1, .9, .4, 0, 1)
power <- diag(5); for (k in 1:2000) power <- power %*% W
left <- Re(eigen(t(W[1:3, 1:3]))$vectors[, 1]); left <- left / sum(left)
for (i in 1:5) keep("degroot", i, (power %*% start)[i])
for (i in 1:3) keep("influence", i, left[i])
# Friedkin-Johnsen on the same persons.
moves <- c(.9, .5, .75, 1, .2)
limit <- solve(diag(5) - diag(moves) %*% W, (1 - moves) * start)
for (i in 1:5) keep("friedkin_johnsen", i, limit[i])

write.csv(out, "deliberation.csv", row.names = FALSE, quote = FALSE)
version <- paste(R.version$major, R.version$minor, sep = ".")
write.csv(data.frame(package = "R", version = version), "deliberation_versions.csv",
          row.names = FALSE, quote = FALSE)
