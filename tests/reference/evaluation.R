# Reference numbers for tests/test_evaluation.py, from R's own packages.
# Run in this folder:  Rscript evaluation.R
# Writes evaluation_people.csv (the data, drawn here), evaluation.csv (the numbers) and
# evaluation_versions.csv (what computed them).
suppressMessages(library(clubSandwich))
options(digits = 16)

# 14 communities of 4 to 17 people in 3 strata, seen before and after.
set.seed(20261124)
sizes <- sample(4:17, 14)
community <- rep(1:14, sizes)
n <- length(community)
people <- data.frame(community = sprintf("c%02d", community))
people$stratum <- c("old", "work", "new")[1 + (community - 1) %% 3]
hall <- c(1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 0)
people$hall <- hall[community]
people$age <- sample(18:85, n, TRUE)
people$weight <- round(runif(n, .5, 3), 3)
people$quarter <- rbinom(n, 1, .5)
people$ties <- round(3 + rnorm(14)[community] + .8 * people$hall * people$quarter + .02 * people$age + rnorm(n, 0, 1.5), 3)
write.csv(people, "evaluation_people.csv", row.names = FALSE, quote = FALSE)
people <- read.csv("evaluation_people.csv")

out <- NULL
keep <- function(case, term, estimate, std_error = NA, degrees = NA)
  out <<- rbind(out, data.frame(case = case, term = term, estimate = estimate,
                                std_error = std_error, degrees_of_freedom = degrees))
trial <- function(case, m, cluster) {
  t <- coef_test(m, vcovCR(m, cluster, type = "CR2"), test = "Satterthwaite")
  t <- t[rownames(t) == "hall", ]
  keep(case, "effect", t$beta, t$SE, t$df)
}
trial("people", lm(ties ~ hall, people), people$community)
trial("people strata age", lm(ties ~ hall + stratum + age, people), people$community)
# Sampling weights: the working variance is the model's, without them.
trial("people weight", lm(ties ~ hall + stratum, people, weights = weight), people$community)
means <- aggregate(cbind(ties, hall, age) ~ community + stratum, people, mean)
trial("clusters", lm(ties ~ hall, means), means$community)
trial("clusters strata age", lm(ties ~ hall + stratum + age, means), means$community)
means$weighted <- sapply(means$community, function(c) with(people[people$community == c, ], weighted.mean(ties, weight)))
trial("clusters weight", lm(weighted ~ hall, means), means$community)
w <- t.test(means$ties[means$hall == 1], means$ties[means$hall == 0])
keep("welch", "effect", unname(w$estimate[1] - w$estimate[2]), w$stderr)

m <- lm(ties ~ hall * quarter, people)
v <- vcovCR(m, people$community, type = "CR2")
C <- rbind(treated = c(0, 0, 1, 1), others = c(0, 0, 1, 0), effect = c(0, 0, 0, 1))
for (row in rownames(C)) {
  # clubSandwich gives Satterthwaite degrees of freedom for a constraint of rank one.
  t <- linear_contrast(m, v, contrasts = C[row, , drop = FALSE], test = "Satterthwaite")
  keep("difference in differences", row, t$Est, t$SE, t$df)
}
w <- t.test(people$ties[people$hall == 1 & people$quarter == 1], people$ties[people$hall == 1 & people$quarter == 0])
keep("change welch", "treated", unname(w$estimate[1] - w$estimate[2]), w$stderr, unname(w$parameter))

# Equal arms of n clusters of m people: a t test of means with this spread.
for (n in c(5, 15, 28, 29, 40)) for (m in c(1, 20, 200)) for (effect in c(.05, .3, .6)) {
  spread <- sqrt(1.44 * (1 + (m - 1) * .035) / m)
  p <- power.t.test(n, delta = effect, sd = spread, sig.level = .05, strict = TRUE)$power
  keep("power", paste(n, m, effect), p)
}
for (n in c(10, 28)) {
  spread <- sqrt(1.44 * (1 + 19 * .035) / 20)
  keep("detectable", paste(n), power.t.test(n, sd = spread, power = .8, strict = TRUE, tol = 1e-12)$delta)
}
# Rates of .222 and .318 have different spreads in the two arms: the noncentral t by hand.
rate <- function(total) {
  k <- c(floor(total / 2 + .5), total - floor(total / 2 + .5))
  se <- sqrt((1 + 19 * .035) / 20 * (.318 * .682 / k[1] + .222 * .778 / k[2]))
  q <- qt(.975, total - 2)
  pt(q, total - 2, .096 / se, lower.tail = FALSE) + pt(-q, total - 2, .096 / se)
}
for (total in 54:60) keep("rate", paste(total), rate(total))
# The textbook's normal formula, two arms: about 56 communities.
keep("rate normal", "both arms", 2 * (qnorm(.975) + qnorm(.8))^2 * (.318 * .682 + .222 * .778) / .096^2 * (1 + 19 * .035) / 20)

write.csv(out, "evaluation.csv", row.names = FALSE, quote = FALSE)
packages <- c("clubSandwich", "stats")
write.csv(data.frame(package = c("R", packages), version = c(paste(R.version$major, R.version$minor, sep = "."), sapply(packages, function(p) as.character(packageVersion(p))))),
          "evaluation_versions.csv", row.names = FALSE, quote = FALSE)
