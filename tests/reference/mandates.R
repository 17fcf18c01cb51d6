# Reference numbers for tests/test_mandates.py, from R's own packages.
# Run in this folder:  Rscript mandates.R
# Writes mandates_committees.csv (the data, drawn here), mandates.csv (the numbers) and
# mandates_versions.csv (what computed them).
suppressMessages({library(clubSandwich); library(sandwich)})
options(digits = 16)
out <- NULL
keep <- function(case, term, estimate, std_error = NA, degrees = NA, low = NA, high = NA) {
  out <<- rbind(out, data.frame(case = case, term = term, estimate = as.numeric(estimate),
    std_error = as.numeric(std_error), degrees_of_freedom = as.numeric(degrees),
    conf_low = as.numeric(low), conf_high = as.numeric(high)))
}

# 150 committees in 20 sub-districts.
set.seed(20260303)
n <- 150
d <- data.frame(subdistrict = sprintf("s%02d", sample(1:20, n, TRUE)))
u <- rnorm(20, 0, .4)[as.integer(factor(d$subdistrict))]
d$need <- round(rnorm(n), 3)
d$targets <- pmax(3, round(12 + 3 * d$need + 4 * rnorm(n)))
d$resources <- round(runif(n, 1, 6), 2)
d$completed <- rbinom(n, d$targets, plogis(.8 - .15 * (d$targets - 12) + .03 * (d$targets - 12) * d$resources - .3 * d$need + u))
write.csv(d, "mandates_committees.csv", row.names = FALSE, quote = FALSE)
d <- read.csv("mandates_committees.csv")

at <- quantile(d$resources, c(.25, .5, .75))
effects <- function(case, formula, cluster) {
  m <- glm(formula, quasibinomial, d, control = glm.control(1e-14, 100))
  X <- model.matrix(m)
  # Mean over rows of the derivative of the share by targets, at resources r.
  effect <- function(b, r) {
    Z <- X; Z[, "resources"] <- r; Z[, "targets:resources"] <- Z[, "targets"] * r
    p <- plogis(drop(Z %*% b))
    mean(p * (1 - p) * (b["targets"] + b["targets:resources"] * r))
  }
  b <- coef(m)
  # Richardson's derivative: error of order h^4.
  gradient <- function(r) sapply(seq_along(b), function(j) {
    h <- 1e-3 * max(abs(b[j]), 1e-2)
    f <- function(s) { bb <- b; bb[j] <- bb[j] + s; effect(bb, r) }
    (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h)
  })
  G <- t(sapply(at, gradient))
  G <- rbind(G, G[3, ] - G[1, ])
  value <- sapply(at, function(r) effect(b, r))
  value <- c(value, value[3] - value[1])
  terms <- c("low", "middle", "high", "difference")
  v <- vcovCL(m, cluster, type = "HC1", cadjust = TRUE)
  keep(paste(case, "CR1"), terms, value, sqrt(diag(G %*% v %*% t(G))), length(unique(cluster)) - 1)
  l <- linear_contrast(m, vcovCR(m, cluster, type = "CR2"), contrasts = G, test = "Satterthwaite", p_values = TRUE)
  keep(paste(case, "CR2"), terms, value, l$SE, l$df)
}
effects("clustered", completed / targets ~ need + targets * resources, d$subdistrict)
effects("rows", completed / targets ~ targets * resources, seq_len(n))

# Load = ratio of two Poisson rates: exact interval (conditional binomial).
for (case in list(c(160, 20, 160, 16, 1), c(38, 4, 35, 7.5, 2), c(900, 52, 800, 190, 4))) {
  t <- poisson.test(case[c(1, 3)], c(case[2], case[4]))
  keep(paste("load", paste(case, collapse = " ")), "load",
       case[1] / case[2] / (case[3] / case[4]) / case[5], NA, NA,
       t$conf.int[1] / case[5], t$conf.int[2] / case[5])
}
write.csv(format(out, digits = 16), "mandates.csv", row.names = FALSE, quote = FALSE)
versions <- data.frame(package = c("R", "clubSandwich", "sandwich"),
  version = c(as.character(getRversion()), as.character(packageVersion("clubSandwich")), as.character(packageVersion("sandwich"))))
write.csv(versions, "mandates_versions.csv", row.names = FALSE, quote = FALSE)
