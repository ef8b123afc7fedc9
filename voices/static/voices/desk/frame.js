// Lets django-unfold's pages work under our Content-Security-Policy, which forbids eval() and inline styles.
// The build puts Alpine's CSP build in the place of the one that unfold ships (frontend/vite.config.ts). It reads
// simple expressions by itself, and knows no globals: what unfold's attributes call is given to it here.

// htmx would write a style element.
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;

addEventListener("alpine:init", () => {
  // All other elements are inside this one, so they find these names, too.
  Alpine.data("theme", (given) => ({
    ...theme(given),
    getCurrentTab,
    sortRecords,
    moveRecords,
    localStorage: { getItem: (name) => localStorage.getItem(name) },
    window: { location: { pathname: location.pathname, search: location.search } },
    activeTab: "",
    followSidebar(state) {
      state.$watch("sidebarDesktopOpen", (open) =>
        localStorage.setItem("sidebarDesktopOpen", open ? "1" : "0"),
      );
      state.activeTab = getCurrentTab() ?? state.activeTab;
    },
  }));
  for (const made of [searchForm, searchDropdown, searchCommand]) Alpine.data(made.name, made);

  // For screen readers: the part beside the navigation, and a name for the navigation's own scrolling.
  (document.getElementById("main") ?? document.getElementById("page")).role = "main";
  const links = document.getElementById("nav-sidebar-apps");
  if (links) links.dataset.simplebarAriaLabel = document.getElementById("site-name").innerText;

  // Two expressions of unfold that the CSP build can't read, or whose outcome the policy blocks.
  document.body.setAttribute("x-init", "followSidebar($data)");
  document
    .getElementById("changelist-actions")
    ?.setAttribute("x-bind:style", "{ width: changeListWidth + 'px' }");
});
