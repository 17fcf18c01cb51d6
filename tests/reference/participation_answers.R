# Reference numbers for tests/test_participation_answers.py, from R's survey.
# Run in this folder:  Rscript participation_answers.R
# Reads participation_people.csv; writes participation_answers_people.csv (answers to a
# list experiment and to a question that some left out, drawn here),
# participation_answers.csv (the numbers) and participation_answers_versions.csv.
suppressMessages(library(survey))
options(digits = 16, survey.lonely.psu = "fail")
people <- read.csv("participation_people.csv", stringsAsFactors = TRUE)
set.seed(20260105)
n <- nrow(people)
people$long <- rbinom(n, 1, .5)
people$items <- rbinom(n, 3, .25 + .004 * people$age) + people$long * rbinom(n, 1, ifelse(people$origin == "local", .2, .4))
people$answered <- rbinom(n, 1, plogis(-1 + .03 * people$age + .8 * people$votes))
answers <- people[c("resident", "long", "items", "answered")]
write.csv(answers, "participation_answers_people.csv", row.names = FALSE, quote = FALSE)

out <- NULL
keep <- function(case, term, estimate, std_error = NA, degrees = NA) {
  out <<- rbind(out, data.frame(case = case, term = term, estimate = as.numeric(estimate),
                                std_error = as.numeric(std_error), degrees_of_freedom = degrees))
}
people <- transform(people, most = ifelse(answered == 1, votes, 1), least = ifelse(answered == 1, votes, 0))
designs <- list(
  "strata cluster weight" = svydesign(~community, strata = ~stratum, weights = ~weight, data = people),
  "cluster weight" = svydesign(~community, weights = ~weight, data = people),
  "weight" = svydesign(~1, weights = ~weight, data = people)
)
# Bounds of the share who vote; the reach of Imbens and Manski's interval by uniroot.
reach <- function(d, s) uniroot(function(c) pnorm(c + d / s) - pnorm(-c) - .95, c(1, 3), tol = 1e-14)$root
for (name in names(designs)) {
  d <- designs[[name]]
  f <- svyglm(items ~ long, d)
  keep(paste("list", name), c("mean_short_list", "sensitive_share"), coef(f), SE(f), f$df.residual)
  f <- svyglm(items ~ long, subset(d, origin == "non-local"))
  keep(paste("list non-local", name), c("mean_short_list", "sensitive_share"), coef(f), SE(f))
  low <- svymean(~least, d); high <- svymean(~most, d)
  keep(paste("bounds", name), c("lower", "upper"), c(low, high), c(SE(low), SE(high)))
  keep(paste("bounds", name), "reach", reach(high - low, max(SE(low), SE(high))))
  mean <- svymean(~votes, subset(d, answered == 1))
  keep(paste("bounds", name), "answers", mean, SE(mean))
}
# Types of people, yes and no to the sensitive item, by number of the others.
d <- designs[[1]]
for (y in 0:3) {
  below <- people$items <= y
  f <- svyglm(below ~ long, update(d, below = 1 * below))
  keep("types", paste(y, "yes"), -coef(f)[2], SE(f)[2])
  below <- ifelse(people$long == 1, people$items <= y, people$items <= y - 1)
  f <- svyglm(below ~ long, update(d, below = 1 * below))
  keep("types", paste(y, "no"), coef(f)[2], SE(f)[2])
}
only <- svymean(~I(items == 0) + I(items == 3), subset(d, long == 0))
keep("types", c("floor", "ceiling"), coef(only)[c(2, 4)], SE(only)[c(2, 4)])

# Response: probabilities of everybody.
tight <- glm.control(1e-14, 100)
f <- svyglm(answered ~ age * origin, designs[["weight"]], family = quasibinomial(), control = tight)
keep("response", people$resident[1:20], fitted(f)[1:20])

# Raking and post-stratification of those who answered.
origin <- data.frame(origin = c("local", "non-local", "returned"), Freq = c(5200, 3100, 700))
owner <- data.frame(owner = c(0, 1), Freq = c(4000, 5000))
some <- subset(people, answered == 1)
s <- svydesign(~1, weights = ~weight, data = some)
r <- rake(s, list(~origin, ~owner), list(origin, owner), control = list(maxit = 1000, epsilon = 1e-9))
keep("rake", some$resident, weights(r))
keep("postStratify", some$resident, weights(postStratify(s, ~origin, origin)))

# Predictions for three people.
new <- data.frame(age = c(25, 50, 80), owner = c(0, 1, 1), origin = c("local", "non-local", "returned"), years = 1)
models <- list(
  logit = svyglm(votes ~ age * owner + origin, d, family = quasibinomial(), control = tight),
  linear = svyglm(score ~ age * owner + origin, d),
  poisson = svyglm(meetings ~ age * owner + origin + offset(log(years)), d, family = quasipoisson(), control = tight)
)
for (name in names(models)) {
  p <- predict(models[[name]], new, type = "response", se.fit = TRUE)
  keep(paste("predict", name), 1:3, coef(p), SE(p))
}

write.csv(format(out, digits = 16, trim = TRUE), "participation_answers.csv", row.names = FALSE, quote = FALSE)
write.csv(data.frame(package = c("R", "survey"), version = c(as.character(getRversion()), as.character(packageVersion("survey")))),
          "participation_answers_versions.csv", row.names = FALSE, quote = FALSE)
