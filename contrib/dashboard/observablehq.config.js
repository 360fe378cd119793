// No fonts, search or libraries from elsewhere: the page asks nobody but its
// own server.
export default {
  root: "src",
  output: "dist",
  title: "SMS engagement",
  style: "style.css",
  globalStylesheets: [],
  head: '<link rel="icon" href="data:,">',
  header: "",
  footer: "",
  sidebar: false,
  toc: false,
  pager: false,
  search: false
};
