# Reference values for tests/test_cohesion_mixing.py.
#
#   Rscript tests/reference/mixing.R <netseg/R> > tests/reference/mixing.csv
#
# <netseg/R> is the folder R of https://github.com/mbojan/netseg at commit
# 1711b7a (version 1.0-4); its methods for tables are used as they are.
# Run with R 4.2.2 and igraph 1.3.5.

folder <- commandArgs(trailingOnly = TRUE)[1]
for (file in c("coleman.R", "ei.R", "orwg.R", "assort.R", "symmetrize.R", "mixingm.R"))
  source(file.path(folder, file))
suppressPackageStartupMessages(library(igraph))

# Thirty-six residents in four buildings, made by whole-number arithmetic so that
# the test can make the same ones. More ties inside buildings and inside groups.
i <- 1:36
building <- (i - 1) %/% 9
# A third group is there in the directed network only.
two <- ifelse((7 * i) %% 5 < 3 - building %% 2, "local", "non-local")
three <- ifelse((5 * i) %% 7 == 0, "returned", two)
near <- outer(building, building, "==")
chance <- function(group)
  2 + 4 * near + 3 * outer(group, group, "==")
draw <- outer(i, i, function(a, b) (a * a + 3 * b * b + a * b + 5 * b) %% 23)

undirected <- draw < chance(two)
undirected[!upper.tri(undirected)] <- FALSE
directed <- draw < chance(three)
diag(directed) <- FALSE

values <- function(name, adjacency, group, is_directed) {
  both <- if (is_directed) adjacency else adjacency | t(adjacency)
  groups <- sort(unique(group))
  ties <- sapply(groups, function(h) sapply(groups, function(g)
    sum(both[group == g, group == h])))
  sizes <- as.vector(table(group)[groups])
  possible <- outer(sizes, sizes) - diag(sizes)
  full <- as.table(array(c(possible - ties, ties), c(dim(ties), 2)))
  graph <- graph_from_adjacency_matrix(both * 1, if (is_directed) "directed" else "undirected")
  out <- data.frame(
    network = name, software = "netseg", value = c(
      e_i_index = ei.table(ties), log_odds_ratio = log(orwg.table(full)),
      setNames(coleman.table(ties, sizes), sprintf("coleman_homophily[%s]", groups))))
  igraph_value <- assortativity_nominal(
    graph, as.integer(factor(group)), directed = is_directed)
  out <- rbind(out, assortativity = list(name, "igraph", igraph_value))

  # One two-by-two table per building: same group or mixed, tied or not.
  # A directed network has ordered pairs, an undirected one each pair once.
  pair <- if (is_directed) row(both) != col(both) else upper.tri(both)
  pair <- pair & near
  test <- mantelhaen.test(
    outer(group, group, "==")[pair], both[pair], building[row(both)][pair],
    correct = FALSE)
  limits <- log(as.vector(test$conf.int))
  rbind(out,
    mantel_haenszel = list(name, "mantelhaen.test", log(unname(test$estimate))),
    std_error = list(name, "mantelhaen.test", diff(limits) / (2 * qnorm(0.975))),
    # One stratum: the standard error of Woolf, by a logistic regression.
    std_error_all = list(name, "glm", {
      pair <- if (is_directed) row(both) != col(both) else upper.tri(both)
      same <- outer(group, group, "==")[pair]
      sqrt(vcov(glm(both[pair] ~ same, family = binomial,
        control = glm.control(epsilon = 1e-15)))[2, 2])
    }))
}

result <- rbind(
  values("undirected", undirected, two, FALSE),
  values("directed", directed, three, TRUE))
result <- cbind(term = sub("[0-9]+$", "", rownames(result)), result)
result$value <- format(result$value, digits = 15)
write.csv(result, row.names = FALSE, quote = FALSE)
