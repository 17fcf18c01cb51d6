# Reference numbers for tests/test_indicators.py, from R's own packages.
# Run in this folder:  Rscript indicators.R
# Reads participation_people.csv, writes indicators.csv and indicators_versions.csv.
suppressMessages(library(survey))
options(digits = 16, survey.lonely.psu = "fail")
people <- read.csv("participation_people.csv")
# Every seventh left the question on their score open.
people$score[people$resident %% 7 == 0] <- NA

out <- NULL
keep <- function(case, group, term, estimate, std_error, n) {
  out <<- rbind(out, data.frame(case = case, group = group, term = term,
                                estimate = estimate, std_error = std_error, n = n))
}
designs <- list(
  rows = svydesign(~1, weights = ~weight, data = people),
  clusters = svydesign(~community, weights = ~weight, data = people),
  both = svydesign(~community, strata = ~stratum, weights = ~weight, data = people),
  strata = svydesign(~1, strata = ~community, weights = ~weight, data = people)
)
for (case in names(designs)) {
  for (term in c("score", "owner")) {
    for (group in sort(unique(people$origin))) {
      inside <- subset(designs[[case]], people$origin == group)
      found <- svymean(as.formula(paste0("~", term)), inside, na.rm = TRUE)
      n <- sum(!is.na(people[people$origin == group, term]))
      keep(case, group, term, as.numeric(found), as.numeric(SE(found)), n)
    }
  }
}
# Exact Poisson intervals: 95 and 90 per cent.
for (k in c(0, 1, 10, 84)) {
  for (level in c(.95, .9)) {
    found <- poisson.test(k, T = 12, conf.level = level)
    keep(paste("poisson", level), k, "low", found$conf.int[1], NA, NA)
    keep(paste("poisson", level), k, "high", found$conf.int[2], NA, NA)
  }
}
write.csv(out, "indicators.csv", row.names = FALSE, quote = FALSE)
versions <- data.frame(package = c("R", "survey"),
                       version = c(paste(R.version$major, R.version$minor, sep = "."),
                                   as.character(packageVersion("survey"))))
write.csv(versions, "indicators_versions.csv", row.names = FALSE, quote = FALSE)
