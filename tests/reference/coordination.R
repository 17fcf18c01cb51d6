# Reference numbers for tests/test_coordination.py, from R's sna and igraph.
# Run in this folder:  Rscript coordination.R
# Writes coordination_nodes.csv and coordination_ties.csv (random networks, drawn here),
# coordination_roles.csv (what R says of each node) and coordination_versions.csv.
suppressMessages(library(sna))
options(digits = 16)
set.seed(20260905)
nodes <- ties <- roles <- NULL
for (case in 1:12) {
  n <- 5 + case
  directed <- case %% 2 == 1
  kind <- sample(c("Party", "government", "market", "society")[1:(2 + case %% 3)], n, TRUE)
  kind[1:2] <- c("Party", "government")
  g <- rgraph(n, tprob = .3 + .05 * (case %% 4), mode = if (directed) "digraph" else "graph")
  id <- sprintf("n%02d", 1:n)
  network <- sprintf("%s %02d", if (directed) "directed" else "undirected", case)
  pairs <- which(g == 1 & (directed | upper.tri(g)), arr.ind = TRUE)
  nodes <- rbind(nodes, data.frame(network, id, kind))
  ties <- rbind(ties, data.frame(network, source = id[pairs[, 1]], target = id[pairs[, 2]]))
  # Columns: w_I coordinator, w_O itinerant, b_IO representative, b_OI gatekeeper,
  # b_O liaison, t total. In an undirected graph sna counts every pair from both ends.
  raw <- brokerage(g, kind)$raw.nli
  mode <- if (directed) "directed" else "undirected"
  i <- igraph::graph_from_adjacency_matrix(g, mode)
  roles <- rbind(roles, data.frame(network, id,
    coordinator = raw[, "w_I"], itinerant = raw[, "w_O"], representative = raw[, "b_IO"],
    gatekeeper = raw[, "b_OI"], liaison = raw[, "b_O"], total = raw[, "t"],
    betweenness = igraph::betweenness(i, directed = directed, normalized = TRUE)))
}
write.csv(nodes, "coordination_nodes.csv", row.names = FALSE, quote = FALSE)
write.csv(ties, "coordination_ties.csv", row.names = FALSE, quote = FALSE)
write.csv(roles, "coordination_roles.csv", row.names = FALSE, quote = FALSE)
versions <- c(R = paste(R.version$major, R.version$minor, sep = "."),
              sapply(c("sna", "igraph"), function(p) as.character(packageVersion(p))))
write.csv(data.frame(package = names(versions), version = versions),
          "coordination_versions.csv", row.names = FALSE, quote = FALSE)
