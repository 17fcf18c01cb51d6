# Reference numbers for tests/test_organisations.py, from R's own packages.
# Run in this folder:  Rscript organisations.R
# Writes organisations_items.csv and organisations_lives.csv (the data, drawn here),
# organisations.csv (the numbers) and organisations_versions.csv (what computed them).
suppressMessages({library(psych); library(lavaan); library(survival)})
options(digits = 16)
out <- NULL
keep <- function(case, term, estimate, std_error = NA, low = NA, high = NA) {
  out <<- rbind(out, data.frame(case = case, term = term, estimate = as.numeric(estimate),
                                std_error = as.numeric(std_error),
                                conf_low = as.numeric(low), conf_high = as.numeric(high)))
}

# 300 organisations answer six items from 1 to 5; the fourth is worded the other way round.
set.seed(20260302)
n <- 300
autonomy <- rnorm(n)
loading <- c(.8, .7, .6, -.7, .5, .4)
raw <- sapply(loading, function(l) findInterval(l * autonomy + sqrt(1 - l^2) * rnorm(n), c(-1.5, -.5, .5, 1.5)) + 1)
items <- as.data.frame(raw)
names(items) <- c("staff", "budget", "agenda", "ordered", "rules", "exit")
write.csv(items, "organisations_items.csv", row.names = FALSE, quote = FALSE)
items <- read.csv("organisations_items.csv")

# Signs of the first principal component, as psych::alpha(check.keys = TRUE) uses them.
key <- sign(principal(items, scores = FALSE)$loadings[, 1])
keep("keys", names(items), key)
turned <- items
turned$ordered <- 6 - turned$ordered
a <- psych::alpha(turned)
feldt <- psych::alpha.ci(a$total$raw_alpha, n.obs = n, n.var = 6, p.val = .05, digits = 16)
keep("scale", "alpha", a$total$raw_alpha, NA, feldt$lower.ci, feldt$upper.ci)
keep("item_total", names(turned), a$item.stats$raw.r)
keep("item_rest", names(turned), a$item.stats$r.drop)
keep("alpha_if_dropped", names(turned), a$alpha.drop$raw_alpha)
f <- factanal(turned, 1, control = list(opt = list(factr = 10)))
keep("loading", names(turned), unclass(f$loadings)[, 1])
model <- 'f =~ l1*staff + l2*budget + l3*agenda + l4*ordered + l5*rules + l6*exit
  staff ~~ e1*staff
  budget ~~ e2*budget
  agenda ~~ e3*agenda
  ordered ~~ e4*ordered
  rules ~~ e5*rules
  exit ~~ e6*exit
  omega := (l1+l2+l3+l4+l5+l6)^2 / ((l1+l2+l3+l4+l5+l6)^2 + e1+e2+e3+e4+e5+e6)'
fit <- cfa(model, turned, std.lv = TRUE)
p <- parameterEstimates(fit)
p <- p[p$label == "omega", ]
keep("scale", "omega", p$est, p$se)
p3 <- parameterEstimates(cfa('f =~ l1*staff + l2*budget + l3*agenda
  staff ~~ e1*staff
  budget ~~ e2*budget
  agenda ~~ e3*agenda
  omega := (l1+l2+l3)^2 / ((l1+l2+l3)^2 + e1+e2+e3)', turned, std.lv = TRUE))
p3 <- p3[p3$label == "omega", ]
keep("three", "omega", p3$est, p3$se)
keep("three", "alpha", psych::alpha(turned[1:3])$total$raw_alpha)

# 240 organisations; ages in whole years, so that many are dissolved at the same age.
m <- 240
lives <- data.frame(founder = sample(c("office", "residents"), m, TRUE))
last <- rweibull(m, 1.2, ifelse(lives$founder == "office", 6, 9))
seen <- runif(m, 1, 15)
entry <- ifelse(runif(m) < .4, runif(m, 0, 4), 0)
lives$age <- ceiling(pmin(last, seen))
lives$dissolved <- as.integer(last <= seen)
lives$entry <- floor(entry)
lives$exact <- round(pmin(last, seen), 6)
lives$since <- round(entry, 6)
lives <- lives[lives$entry < lives$age & lives$since < lives$exact, ]
write.csv(lives, "organisations_lives.csv", row.names = FALSE, quote = FALSE)
lives <- read.csv("organisations_lives.csv")
curves <- list(
  whole = survfit(Surv(age, dissolved) ~ 1, lives, conf.type = "log-log"),
  late = survfit(Surv(entry, age, dissolved) ~ 1, lives, conf.type = "log-log"),
  office = survfit(Surv(age, dissolved) ~ 1, lives[lives$founder == "office", ], conf.type = "log-log"),
  residents = survfit(Surv(age, dissolved) ~ 1, lives[lives$founder == "residents", ], conf.type = "log-log")
)
for (name in names(curves)) {
  s <- summary(curves[[name]])
  keep(name, s$time, s$surv, s$std.err, s$lower, s$upper)
  keep(paste(name, "at risk"), s$time, s$n.risk)
  q <- s$table
  keep(paste(name, "median"), "median", q["median"], NA, q["0.95LCL"], q["0.95UCL"])
}
keep("log-rank", "statistic", survdiff(Surv(age, dissolved) ~ founder, lives)$chisq)
# No two dissolved at the same time: the score test of Cox's model is the log-rank test.
keep("log-rank late", "statistic", coxph(Surv(since, exact, dissolved) ~ founder, lives)$score)

write.csv(format(out, digits = 16), "organisations.csv", row.names = FALSE, quote = FALSE)
versions <- data.frame(package = c("R", "psych", "lavaan", "survival"),
  version = c(as.character(getRversion()), sapply(c("psych", "lavaan", "survival"), function(p) as.character(packageVersion(p)))))
write.csv(versions, "organisations_versions.csv", row.names = FALSE, quote = FALSE)
