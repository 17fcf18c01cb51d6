# Numbers of R's sna and igraph for small networks, read by tests/test_cohesion.py.
# Run in this folder:  Rscript cohesion.R
# It writes cohesion_ties.csv, cohesion_nodes.csv, cohesion_graphs.csv and
# cohesion_vertices.csv; the versions used stand in cohesion_versions.csv.

suppressPackageStartupMessages({
  library(sna)
  library(igraph)
})
set.seed(20)

random <- function(n, p, directed) {
  m <- matrix(rbinom(n * n, 1, p), n, n)
  diag(m) <- 0
  if (!directed) m <- 1 * (m | t(m))
  m
}
# Choices inside four blocks, most of them returned, as in a school class.
blocks <- function(n, k) {
  group <- rep(seq_len(k), length.out = n)
  p <- ifelse(outer(group, group, "=="), 0.25, 0.01)
  m <- matrix(rbinom(n * n, 1, p), n, n)
  back <- matrix(rbinom(n * n, 1, 0.5), n, n)
  m <- 1 * (m | (t(m) & back))
  diag(m) <- 0
  m
}
apart <- function(a, b) {
  m <- matrix(0, nrow(a) + nrow(b), nrow(a) + nrow(b))
  m[seq_len(nrow(a)), seq_len(nrow(a))] <- a
  m[nrow(a) + seq_len(nrow(b)), nrow(a) + seq_len(nrow(b))] <- b
  m
}
tree <- matrix(0, 9, 9)
tree[cbind(c(1, 1, 2, 2, 3, 3, 4, 4), 2:9)] <- 1
two_chiefs <- matrix(0, 4, 4)
two_chiefs[cbind(c(1, 2, 3), c(3, 3, 4))] <- 1
triangles <- matrix(0, 5, 5)
triangles[cbind(c(1, 1, 2, 3, 3, 4), c(2, 3, 3, 4, 5, 5))] <- 1
triangles <- triangles + t(triangles)
karate <- as.matrix(as_adjacency_matrix(make_graph("Zachary")))

graphs <- list(
  school = list(blocks(60, 4), TRUE),
  sparse = list(random(40, 0.04, TRUE), TRUE),
  middle = list(random(30, 0.08, TRUE), TRUE),
  dense = list(random(20, 0.40, TRUE), TRUE),
  parted = list(apart(random(15, 0.12, TRUE), random(12, 0.15, TRUE)), TRUE),
  lonely = list(apart(random(12, 0.15, TRUE), matrix(0, 3, 3)), TRUE),
  tree = list(tree, TRUE),
  two_chiefs = list(two_chiefs, TRUE),
  empty = list(matrix(0, 4, 4), TRUE),
  karate = list(karate, FALSE),
  thin = list(random(50, 0.02, FALSE), FALSE),
  thick = list(random(40, 0.10, FALSE), FALSE),
  islands = list(apart(random(20, 0.08, FALSE), random(18, 0.10, FALSE)), FALSE),
  bowtie = list(triangles, FALSE)
)

ties <- nodes <- measures <- vertices <- list()
for (name in names(graphs)) {
  m <- graphs[[name]][[1]]
  directed <- graphs[[name]][[2]]
  n <- nrow(m)
  weak <- 1 * (m | t(m))
  mode <- if (directed) "digraph" else "graph"
  arcs <- which(if (directed) m == 1 else m == 1 & upper.tri(m), arr.ind = TRUE)
  arcs <- arcs[order(arcs[, 1], arcs[, 2]), , drop = FALSE]
  g <- graph_from_adjacency_matrix(m, if (directed) "directed" else "undirected")
  w <- graph_from_adjacency_matrix(weak, "undirected")
  ids <- sprintf("%s-%02d", name, seq_len(n))
  if (nrow(arcs)) ties[[name]] <- data.frame(
    source = ids[arcs[, 1]], target = ids[arcs[, 2]]
  )
  nodes[[name]] <- data.frame(node = ids, graph = name, directed = directed)
  d <- geodist(m)$gdist
  off <- d[row(d) != col(d)]
  reached <- off[is.finite(off)]
  measures[[name]] <- data.frame(
    graph = name,
    density = gden(m, mode = mode),
    edgewise_reciprocity = grecip(m, measure = "edgewise"),
    dyadic_reciprocity = grecip(m, measure = "dyadic"),
    nonnull_reciprocity = grecip(m, measure = "dyadic.nonnull"),
    transitivity = gtrans(m, mode = mode, measure = "weak"),
    components = sna::components(m, connected = "weak"),
    strong_components = sna::components(m, connected = "strong"),
    isolates = length(isolates(m)),
    largest_component_share = max(component.dist(weak)$csize) / n,
    mean_distance = if (length(reached)) mean(reached) else NA,
    reachable_share = length(reached) / length(off),
    diameter = if (length(reached)) max(reached) else 0,
    global_efficiency = mean(1 / off),
    # Of the undirected version, as the library documents.
    mean_clustering = transitivity(w, "localaverage", isolates = "nan"),
    max_core_number = max(coreness(w)),
    bridges = length(E(w)[bridges(w)]),
    cutpoints = sum(cutpoints(weak, mode = "graph", return.indicator = TRUE)),
    connectedness = sna::connectedness(m),
    hierarchy = sna::hierarchy(m, measure = "krackhardt"),
    # sna counts an undirected tie as two arcs here.
    efficiency = if (directed) sna::efficiency(m) else NA,
    # sna's own definition, which is not the one it documents.
    sna_lubness = lubness(m)
  )
  vertices[[name]] <- data.frame(
    node = ids,
    in_degree = sna::degree(m, cmode = "indegree"),
    out_degree = sna::degree(m, cmode = "outdegree"),
    degree = rowSums(weak),
    core_number = coreness(w),
    triangles = count_triangles(w),
    clustering = transitivity(w, "local", isolates = "nan"),
    cutpoint = cutpoints(weak, mode = "graph", return.indicator = TRUE)
  )
}
write <- function(rows, name) {
  table <- do.call(rbind, rows)
  number <- vapply(table, is.double, TRUE)
  table[number] <- lapply(table[number], format, digits = 17, trim = TRUE)
  write.csv(table, paste0("cohesion_", name, ".csv"), row.names = FALSE, quote = FALSE)
}
write(ties, "ties")
write(nodes, "nodes")
write(measures, "graphs")
write(vertices, "vertices")
version <- function(package) as.character(packageVersion(package))
write(list(data.frame(
  program = c("R", "sna", "igraph"),
  version = c(as.character(getRversion()), version("sna"), version("igraph"))
)), "versions")
