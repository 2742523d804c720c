// Asking the server.

const viewer = new URLSearchParams(location.search).get("viewer");
const withToken = (path, token) => (token ? `${path}${path.includes("?") ? "&" : "?"}viewer=${encodeURIComponent(token)}` : path);

export const withViewer = (path) => withToken(path, viewer);
// Not for links, which people give away. In a full house who has the token is served first.
export const withMine = (path) => withToken(path, viewer ?? sessionStorage.getItem("token"));

export const get = (path) => fetch(withMine(path));

// Who gives the lecture at an address that others look at has a token to lead with, and no other.
export const leads = () => !!sessionStorage.getItem("lead");

export const post = (path, body) =>
  fetch(path, { method: "POST", headers: { "X-Parley-Token": sessionStorage.getItem("lead") ?? sessionStorage.getItem("token") ?? "" }, body: JSON.stringify(body) });
