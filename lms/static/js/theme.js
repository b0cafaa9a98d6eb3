// The theme: as the device says, light or dark, kept in a cookie so that the server paints the next page right.

const paint = { light: "#f6f0e4", dark: "#0d1a21" };
const chosen = document.cookie.match(/(?:^|; )theme=(light|dark)/)?.[1] ?? "system";

function wear(theme) {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  for (const meta of document.querySelectorAll("meta[name=theme-color]")) {
    const own = /dark/.test(meta.media) || (!meta.media && matchMedia("(prefers-color-scheme: dark)").matches) ? "dark" : "light";
    meta.content = paint[theme] ?? paint[own];
  }
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax${secure}`;
}

for (const group of document.querySelectorAll("[data-theme-switch]")) {
  group.hidden = false;
  group.closest("[data-theme-place]")?.removeAttribute("hidden");
  for (const input of group.querySelectorAll("input")) {
    input.checked = input.value === chosen;
    input.addEventListener("change", () => wear(input.value));
  }
}
