# Reference numbers for tests/test_participation.py, from R's own packages.
# Run in this folder:  Rscript participation.R
# Writes participation_people.csv (the data, drawn here), participation.csv (the
# numbers) and participation_versions.csv (what computed them).
suppressMessages({
  library(survey); library(lme4); library(sandwich); library(clubSandwich)
  library(ordinal); library(MASS)
})
options(digits = 16, survey.lonely.psu = "fail")

# 600 residents of 30 communities in 3 strata; weights differ by stratum and person.
set.seed(20260104)
n <- 600
people <- data.frame(resident = 1:n, community = rep(sprintf("c%02d", 1:30), times = rep(c(10, 20, 30), 10)))
people$stratum <- c("old", "work", "new")[1 + (as.integer(factor(people$community)) - 1) %/% 10]
u <- rnorm(30)[as.integer(factor(people$community))]
people$age <- sample(18:85, n, TRUE)
people$owner <- rbinom(n, 1, .55)
people$origin <- sample(c("local", "non-local", "returned"), n, TRUE, c(.55, .35, .1))
people$weight <- round(ifelse(people$stratum == "old", 1, 2.5) * runif(n, .5, 2), 3)
people$years <- sample(1:9, n, TRUE)
eta <- -1.6 + .025 * people$age + .7 * people$owner - .6 * (people$origin == "non-local") + .7 * u
people$votes <- rbinom(n, 1, plogis(eta))
people$meetings <- rnbinom(n, size = 1.5, mu = exp(-1.5 + .4 * eta) * people$years)
people$trust <- 1 + (eta + rlogis(n) > -1) + (eta + rlogis(n) > .3) + (eta + rlogis(n) > 1.6)
people$score <- round(3 + .8 * eta + rnorm(n), 3)
people$speaks <- people$votes * rbinom(n, 1, plogis(-.5 + .5 * eta))
people$speeches <- people$speaks * (1 + rpois(n, .8))
write.csv(people, "participation_people.csv", row.names = FALSE, quote = FALSE)
people <- read.csv("participation_people.csv", stringsAsFactors = TRUE)
people$trust <- factor(people$trust, ordered = TRUE)

out <- NULL
keep <- function(case, term, estimate, std_error = NA, degrees = NA) {
  out <<- rbind(out, data.frame(case = case, term = term, estimate = as.numeric(estimate),
                                std_error = as.numeric(std_error), degrees_of_freedom = degrees))
}
X <- ~ age * owner + origin
models <- list(
  logit = glm(update(X, votes ~ .), binomial, people, control = glm.control(1e-14)),
  linear = lm(update(X, score ~ .), people),
  poisson = glm(update(X, meetings ~ . + offset(log(years))), poisson, people, control = glm.control(1e-14))
)
for (name in names(models)) {
  m <- models[[name]]
  keep(paste0(name, " classical"), names(coef(m)), coef(m), sqrt(diag(vcov(m))))
  # sandwich: G/(G-1) from cadjust, (n-1)/(n-k) from HC1.
  keep(paste0(name, " CR1"), names(coef(m)), coef(m),
       sqrt(diag(sandwich::vcovCL(m, people$community, type = "HC1", cadjust = TRUE))), 29)
  v <- clubSandwich::vcovCR(m, people$community, type = "CR2")
  t <- clubSandwich::coef_test(m, v, test = "Satterthwaite")
  keep(paste0(name, " CR2"), names(coef(m)), t$beta, t$SE, t$df)
}
# Weights are sampling weights: the working variance is the model's, without them.
m <- lm(update(X, score ~ .), people, weights = weight)
t <- clubSandwich::coef_test(m, clubSandwich::vcovCR(m, people$community, type = "CR2"), test = "Satterthwaite")
keep("linear CR2 weighted", names(coef(m)), t$beta, t$SE, t$df)
m <- glm(update(X, votes ~ .), quasibinomial, people, weights = weight, control = glm.control(1e-14))
p <- fitted(m)
v <- clubSandwich::vcovCR(m, people$community, type = "CR2", target = p * (1 - p), inverse_var = FALSE)
t <- clubSandwich::coef_test(m, v, test = "Satterthwaite")
keep("logit CR2 weighted", names(coef(m)), t$beta, t$SE, t$df)

designs <- list(
  "strata cluster weight" = svydesign(~community, strata = ~stratum, weights = ~weight, data = people),
  "cluster weight" = svydesign(~community, weights = ~weight, data = people),
  "strata weight" = svydesign(~1, strata = ~stratum, weights = ~weight, data = people),
  "weight" = svydesign(~1, weights = ~weight, data = people)
)
tight <- glm.control(1e-14, 100)
for (name in names(designs)) {
  d <- designs[[name]]
  fits <- list(
    logit = svyglm(update(X, votes ~ .), d, family = quasibinomial(), control = tight),
    linear = svyglm(update(X, score ~ .), d),
    poisson = svyglm(update(X, meetings ~ . + offset(log(years))), d, family = quasipoisson(), control = tight)
  )
  for (family in names(fits)) {
    f <- fits[[family]]
    keep(paste(family, "linearised", name), names(coef(f)), coef(f), sqrt(diag(vcov(f))), f$df.residual)
  }
}
f <- svyolr(update(X, trust ~ .), designs[[1]], control = list(reltol = 1e-15, maxit = 1000))
keep("ordered linearised strata cluster weight", names(coef(f)), coef(f), sqrt(diag(vcov(f))))

m <- ordinal::clm(update(X, trust ~ .), data = people, control = clm.control(gradTol = 1e-12))
keep("ordered classical", names(coef(m)), coef(m), sqrt(diag(vcov(m)))[names(coef(m))])
m <- MASS::glm.nb(update(X, meetings ~ . + offset(log(years))), people, control = glm.control(1e-14, 200))
keep("negative_binomial", c(names(coef(m)), "alpha"), c(coef(m), 1 / m$theta))
keep("negative_binomial", "log_likelihood", as.numeric(logLik(m)))

# glmer stops early (its Laplace maximum is off in the fourth digit): go on from there
# on its own deviance, and take standard errors from that deviance's curvature.
tenths <- transform(people, age = age / 10)
tight_pirls <- glmerControl(tolPwrss = 1e-13)
for (points in c(1, 7, 15)) {
  mixed <- votes ~ age + owner + origin + (1 | community)
  m <- glmer(mixed, tenths, binomial, nAGQ = points, control = tight_pirls)
  deviance_at <- glmer(mixed, tenths, binomial, nAGQ = points, control = tight_pirls, devFunOnly = TRUE)
  at <- c(getME(m, "theta"), fixef(m))
  for (i in 1:5) at <- nlminb(at, deviance_at, control = list(rel.tol = 1e-15, x.tol = 1e-13))$par
  H <- optimHess(at, deviance_at, control = list(ndeps = rep(1e-3, length(at))))
  errors <- sqrt(diag(2 * solve(H)))
  case <- paste("random intercept", points)
  keep(case, c("sd", names(fixef(m))), at, errors)
  keep(case, "log_likelihood", -deviance_at(at) / 2)
  r <- ranef(m, condVar = TRUE)$community
  keep(case, rownames(r)[1:3], r[1:3, 1], sqrt(attr(r, "postVar")[1, 1, 1:3]))
}

# Standardised risks of owners and others from the survey logit, delta method by hand.
f <- svyglm(update(X, votes ~ .), designs[[1]], family = quasibinomial(), control = tight)
risk <- function(data) {
  M <- model.matrix(X, data); p <- plogis(drop(M %*% coef(f))); w <- people$weight / sum(people$weight)
  list(estimate = sum(w * p), gradient = drop(t(M) %*% (w * p * (1 - p))))
}
r0 <- risk(transform(people, owner = 0)); r1 <- risk(transform(people, owner = 1))
se <- function(g) sqrt(drop(g %*% vcov(f) %*% g))
o0 <- r0$estimate / (1 - r0$estimate); o1 <- r1$estimate / (1 - r1$estimate)
keep("risks", "risk 0", r0$estimate, se(r0$gradient))
keep("risks", "risk 1", r1$estimate, se(r1$gradient))
keep("risks", "risk_difference", r1$estimate - r0$estimate, se(r1$gradient - r0$gradient))
rr <- r1$estimate / r0$estimate
keep("risks", "risk_ratio", rr, rr * se(r1$gradient / r1$estimate - r0$gradient / r0$estimate))
odds <- function(r) r$gradient / (r$estimate * (1 - r$estimate))
keep("risks", "odds_ratio", o1 / o0, o1 / o0 * se(odds(r1) - odds(r0)))
# Average slope of age: (b_age + b_interaction owner) p (1 - p), gradient by hand.
M <- model.matrix(X, people); p <- plogis(drop(M %*% coef(f))); w <- people$weight / sum(people$weight)
dM <- 0 * M; dM[, "age"] <- 1; dM[, "age:owner"] <- people$owner
along <- drop(dM %*% coef(f)); v <- p * (1 - p)
keep("risks", "age slope", sum(w * v * along),
     se(drop(t(M) %*% (w * v * (1 - 2 * p) * along) + t(dM) %*% (w * v))))

# Funnel, representation, design effect, likeness.
d <- update(designs[[1]], one = 1)
shares <- list(
  "votes all" = svyciprop(~votes, d, method = "logit"),
  "speaks all" = svyciprop(~speaks, d, method = "logit"),
  "speaks previous" = svyciprop(~speaks, subset(d, votes == 1), method = "logit"),
  "votes non-local" = svyciprop(~votes, subset(d, origin == "non-local"), method = "logit"),
  "votes weight only" = svyciprop(~votes, designs[["weight"]], method = "logit")
)
for (name in names(shares)) {
  s <- shares[[name]]
  keep(paste("share", name), c("estimate", "low", "high"), c(s[1], attr(s, "ci")), c(SE(s), NA, NA))
}
d <- update(d, voice = speeches * (origin == "non-local"), member = 1 * (origin == "non-local"))
voices <- svyratio(~voice, ~speeches, d); residents <- svymean(~member, d)
keep("representation", "share_of_voices", coef(voices), SE(voices))
keep("representation", "share_of_residents", coef(residents), SE(residents))
parts <- svytotal(~ voice + speeches + member + one, d)
q <- svycontrast(parts, quote((voice / speeches) / (member / one)))
keep("representation", "ratio", coef(q), SE(q))
q <- svycontrast(parts, quote((voice / speeches) - (member / one)))
keep("representation", "difference", coef(q), SE(q))
for (name in names(designs)) {
  e <- svymean(~votes, designs[[name]], deff = "replace")
  keep(paste("design effect", name), "design", deff(e), SE(e))
}
a <- anova(lm(score ~ community, people))[["Mean Sq"]]
sizes <- table(people$community); n0 <- (n - sum(sizes^2) / n) / 29
keep("likeness", "intraclass_correlation", (a[1] - a[2]) / (a[1] + (n0 - 1) * a[2]))

write.csv(format(out, digits = 16, trim = TRUE), "participation.csv", row.names = FALSE, quote = FALSE)
packages <- c("survey", "lme4", "sandwich", "clubSandwich", "ordinal", "MASS")
write.csv(data.frame(package = c("R", packages),
                     version = c(as.character(getRversion()), sapply(packages, function(p) as.character(packageVersion(p))))),
          "participation_versions.csv", row.names = FALSE, quote = FALSE)
