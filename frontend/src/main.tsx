import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { resendWhileBusy } from "./api/resend";
import { App } from "./App";
import { LanguageProvider } from "./i18n/LanguageProvider";
import { preferredLanguage } from "./i18n/language";
import "./styles/base.css";

// Set before the first render, since the first calls already send it as their language.
document.documentElement.lang = preferredLanguage();

const queryClient = new QueryClient({
  defaultOptions: {
    // "always": a browser that believes it is offline may still reach a service on its local network,
    // and where it can't, an error at once is better than a call that waits without a message.
    queries: { networkMode: "always", retry: 1, staleTime: 30_000 },
    mutations: { networkMode: "always", ...resendWhileBusy },
  },
});

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root element");

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <LanguageProvider>
        <App />
      </LanguageProvider>
    </QueryClientProvider>
  </StrictMode>,
);
