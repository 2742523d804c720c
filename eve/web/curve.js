// The laboratory's results: drawn from the kept data files, measured and extrapolated told apart.
export function nFromUrl() {}
export async function showResults(results) {
  document.getElementById("no-results").hidden = results.length > 0;
}
