# Reference numbers for tests/test_lifecycle.py, from R's survival package.
# Run in this folder:  Rscript lifecycle.R
# Writes lifecycle_matters.csv (the data, drawn here), lifecycle.csv (the numbers) and
# lifecycle_versions.csv (what computed them).
suppressMessages(library(survival))
options(digits = 16)
out <- NULL
keep <- function(case, term, estimate, std_error = NA, low = NA, high = NA) {
  out <<- rbind(out, data.frame(case = case, term = term, estimate = as.numeric(estimate),
                                std_error = as.numeric(std_error),
                                conf_low = as.numeric(low), conf_high = as.numeric(high)))
}

# 260 matters of 24 communities; days are whole numbers, so that many close together.
set.seed(20260410)
n <- 260
matters <- data.frame(
  community = sample(sprintf("C%02d", 1:24), n, TRUE),
  kind = sample(c("dispute", "repair", "service"), n, TRUE)
)
matters$delegated <- rbinom(n, 1, .4)
matters$load <- round(rnorm(n, 1, .3), 2)
place <- rnorm(24, 0, .3)[as.integer(factor(matters$community))]
rate <- exp(-3 + .8 * matters$delegated - .7 * (matters$load - 1) + .3 * (matters$kind == "repair") + place)
last <- rexp(n, rate)
seen <- runif(n, 5, 70)
matters$days <- ceiling(pmin(last, seen))
matters$closed <- as.integer(last <= seen)
matters$since <- ifelse(runif(n) < .4, floor(runif(n, 0, 12)), 0)
matters$since <- pmin(matters$since, matters$days - 1)
write.csv(matters, "lifecycle_matters.csv", row.names = FALSE, quote = FALSE)
matters <- read.csv("lifecycle_matters.csv")

for (type in c("log-log", "log", "plain")) {
  s <- summary(survfit(Surv(days, closed) ~ 1, matters, conf.type = type))
  keep(type, s$time, s$surv, s$std.err, s$lower, s$upper)
  keep(paste(type, "at risk"), s$time, s$n.risk)
  keep(paste(type, "median"), "median", s$table["median"], NA, s$table["0.95LCL"], s$table["0.95UCL"])
}
s <- summary(survfit(Surv(since, days, closed) ~ 1, matters, conf.type = "log-log"))
keep("late", s$time, s$surv, s$std.err, s$lower, s$upper)
for (kind in sort(unique(matters$kind))) {
  fit <- survfit(Surv(days, closed) ~ 1, matters[matters$kind == kind, ], conf.type = "log-log")
  rm <- summary(fit, rmean = 40)$table
  keep("restricted mean", kind, rm["rmean"], rm["se(rmean)"])
  by <- summary(fit, times = c(10, 30))
  keep(paste("by", kind), by$time, 1 - by$surv, by$std.err, 1 - by$upper, 1 - by$lower)
}
# Clusters: infinitesimal jackknife of survfit, and its sum over the area to day 40.
within <- function(data, formula) survfit(formula, data, cluster = community, robust = TRUE)
for (case in c("clustered", "late clustered")) {
  formula <- if (case == "clustered") Surv(days, closed) ~ 1 else Surv(since, days, closed) ~ 1
  s <- summary(within(matters, formula))
  keep(case, s$time, s$surv, s$std.err)
}
areas <- lapply(sort(unique(matters$kind)), function(kind) {
  mine <<- matters[matters$kind == kind, ]  # pseudo() looks for it outside
  fit <- survfit(Surv(days, closed) ~ 1, mine)
  moved <- pseudo(fit, times = 40, type = "rmst")
  # Pseudo-values are n times the influence, plus the estimate.
  list(at = summary(fit, rmean = 40)$table["rmean"],
       by = tapply((moved - mean(moved)) / nrow(mine), factor(mine$community, levels = sort(unique(matters$community))), sum, default = 0))
})
for (i in 1:3) keep("restricted mean clustered", sort(unique(matters$kind))[i], areas[[i]]$at, sqrt(sum(areas[[i]]$by^2)))
for (i in 2:3) keep("restricted mean clustered", paste("difference", sort(unique(matters$kind))[i]),
  areas[[i]]$at - areas[[1]]$at, sqrt(sum((areas[[i]]$by - areas[[1]]$by)^2)))
keep("log-rank", "statistic", survdiff(Surv(days, closed) ~ kind, matters)$chisq)

cox <- function(case, fit) {
  s <- summary(fit)$coefficients
  se <- if ("robust se" %in% colnames(s)) s[, "robust se"] else s[, "se(coef)"]
  keep(case, names(coef(fit)), coef(fit), se)
  keep(paste(case, "log likelihood"), "log_likelihood", fit$loglik[2])
}
cox("efron", coxph(Surv(days, closed) ~ kind + delegated + load, matters))
cox("breslow", coxph(Surv(days, closed) ~ kind + delegated + load, matters, ties = "breslow"))
cox("late entry", coxph(Surv(since, days, closed) ~ kind + delegated + load, matters))
cox("strata", coxph(Surv(days, closed) ~ delegated + load + strata(kind), matters))
cox("clusters", coxph(Surv(days, closed) ~ kind + delegated + load, matters, cluster = community))
cox("clusters breslow", coxph(Surv(days, closed) ~ kind + delegated + load, matters, cluster = community, ties = "breslow"))
cox("late clusters", coxph(Surv(since, days, closed) ~ kind + delegated + load, matters, cluster = community))
cox("strata clusters", coxph(Surv(days, closed) ~ delegated + load + strata(kind), matters, cluster = community))

# A state that changes on the way: delegated only from day 8 on.
changed <- tmerge(transform(matters, id = seq_len(n)), transform(matters, id = seq_len(n)), id = id,
  ended = event(days, closed))
changed <- tmerge(changed, transform(matters, id = seq_len(n), change = ifelse(delegated == 1, 8, NA)), id = id, after = tdc(change))
cox("changing", coxph(Surv(tstart, tstop, ended) ~ after, changed))

# Poisson limits and the ratio of two rates, exact.
ours <- poisson.test(84, 12)
keep("rate", "with", ours$estimate, NA, ours$conf.int[1], ours$conf.int[2])
both <- poisson.test(c(84, 120), c(12, 30))
keep("rate", "ratio", both$estimate, NA, both$conf.int[1], both$conf.int[2])

write.csv(format(out, digits = 16), "lifecycle.csv", row.names = FALSE, quote = FALSE)
versions <- data.frame(package = c("R", "survival"),
  version = c(as.character(getRversion()), as.character(packageVersion("survival"))))
write.csv(versions, "lifecycle_versions.csv", row.names = FALSE, quote = FALSE)
