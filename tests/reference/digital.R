# Reference numbers for tests/test_digital.py, from R alone (packages survival, stats).
# Run in this folder after digital.py:  Rscript digital.R
# Reads digital_requests.csv and digital_oaxaca.csv; writes digital_r.csv and
# digital_r_versions.csv.
library(survival)
options(digits = 16)
out <- NULL
keep <- function(part, case, value)
  out <<- rbind(out, data.frame(part = part, case = case, value = as.numeric(value)))

# Requests: the variance of the Aalen-Johansen estimate is R's infinitesimal jackknife.
now <- 672
d <- read.csv("digital_requests.csv")
d$lasted <- round(ifelse(is.na(d$closed), now, d$closed) - d$opened, 6)
d$event <- factor(ifelse(is.na(d$closed), 0, ifelse(d$solved == 1, 1, 2)), 0:2)
d$until <- round(ifelse(is.na(d$answered), now, d$answered) - d$opened, 6)
for (limit in sort(unique(d$limit))) {
  part <- d[d$limit == limit, ]
  fit <- survfit(Surv(lasted, event) ~ 1, data = part)
  at <- summary(fit, times = limit, extend = TRUE)
  j <- which(fit$states == "1")
  keep("kpi", paste("solved", limit), at$pstate[, j])
  keep("kpi", paste("solved std_error", limit), at$std.err[, j])
  fit <- survfit(Surv(until, !is.na(answered)) ~ 1, data = part)
  at <- summary(fit, times = limit, extend = TRUE)
  keep("kpi", paste("answered", limit), 1 - at$surv)
  keep("kpi", paste("answered std_error", limit), at$std.err)
}
fit <- survfit(Surv(lasted, event != "0") ~ 1, data = d)
keep("times", "median", summary(fit)$table["median"])
for (age in c(24, 168, 360))
  keep("times", paste("open", age), summary(fit, times = age)$surv)
keep("times", "open std_error 168", summary(fit, times = 168)$std.err)
clustered <- survfit(Surv(lasted, event != "0") ~ 1, data = d, cluster = place, robust = TRUE)
keep("times", "open clustered 168", summary(clustered, times = 168)$std.err)
# A level stretch at one half: the midpoint.
days <- c(1, 2, 3, 3, 5, 7, 10, 14, 15, 15)
done <- c(rep(1, 8), 0, 0)
keep("times", "plateau", summary(survfit(Surv(days, done) ~ 1))$table["median"])

# Oaxaca-Blinder from two regressions, coefficients of the first group (old = 0) as
# reference; errors by the delta method with White's covariance (HC0), and with that of
# means and coefficients (C), which textbooks set to zero.
o <- read.csv("digital_oaxaca.csv")
pieces <- function(part) {
  X <- cbind(1, part$school, part$phone); n <- nrow(X)
  m <- lm(use ~ school + phone, part); e <- residuals(m)
  A <- solve(crossprod(X))
  around <- sweep(X, 2, colMeans(X))
  list(b = coef(m), V = A %*% crossprod(X * e) %*% A, x = colMeans(X),
       S = crossprod(around) / n^2, C = crossprod(around / n, X * e) %*% A)
}
one <- pieces(o[o$old == 0, ]); two <- pieces(o[o$old == 1, ])
gap <- one$x - two$x
explained <- sum(gap * one$b)
keep("oaxaca", "first explained", explained)
keep("oaxaca", "first unexplained", sum(two$x * (one$b - two$b)))
keep("oaxaca", "first explained std_error",
  sqrt(t(gap) %*% one$V %*% gap + t(one$b) %*% (one$S + two$S) %*% one$b +
       2 * t(one$b) %*% one$C %*% gap))
keep("oaxaca", "first unexplained std_error",
  sqrt(t(two$x) %*% (one$V + two$V) %*% two$x +
       t(one$b - two$b) %*% two$S %*% (one$b - two$b) -
       2 * t(one$b - two$b) %*% two$C %*% two$x))
keep("oaxaca", "first explained school", gap[2] * one$b[2])
keep("oaxaca", "first explained phone", gap[3] * one$b[3])

out$value <- sprintf("%.15g", out$value)
write.csv(out, "digital_r.csv", row.names = FALSE, quote = FALSE)
write.csv(data.frame(name = c("R", "survival"), version = c(
  as.character(getRversion()), as.character(packageVersion("survival")))),
  "digital_r_versions.csv", row.names = FALSE, quote = FALSE)
