import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig(({ command }) => ({
  plugins: [react()],
  // Django serves the built files below /static/; the development server serves the page at its root.
  base: command === "build" ? "/static/" : "/",
  build: {
    // Separate files instead of data: URLs and inline scripts, so that a strict
    // Content-Security-Policy needs no exception for this page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: { "/api": "http://localhost:8000" },
  },
  test: {
    environment: "jsdom",
    restoreMocks: true,
    unstubGlobals: true,
  },
}));
