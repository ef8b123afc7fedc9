import type { Dictionary } from "./ko";

export const en: Dictionary = {
  tagline: "Write the words you want to hear, and hear them in the voice of the member you pick.",
  form: {
    member: "Whose voice?",
    noVoice: "Voice coming soon",
    noMembers: "There are no members yet.",
    loadingMembers: "Loading the members…",
    text: "What should they say?",
    textPlaceholder: "For example: 오늘도 정말 수고 많았어요.",
    characterCount: (used, limit) => `${used} of ${limit} characters`,
    speed: "Speed",
    speedValue: (speed) => `${speed}×`,
    format: "File format",
    formats: {
      wav: "WAV · original",
      mp3: "MP3 · small file",
      opus: "Opus · smallest file",
      flac: "FLAC · lossless",
    },
    speak: "Speak",
    sending: "Sending…",
    shortcut: "Ctrl+Enter (⌘+Enter on a Mac) in the text box does the same.",
  },
  preview: {
    label: "How it will be read",
    willSay: "Will be read as:",
    seconds: (seconds: number) => `(about ${seconds} s)`,
  },
  fieldErrors: {
    memberMissing: "Please pick a member.",
    textMissing: "Please write something to say.",
    textTooLong: (limit) => `Please keep it to ${limit} characters.`,
  },
  status: {
    queued: "Waiting in line.",
    queuedAt: (position, seconds) =>
      `Waiting in line, at place ${position}; begins in about ${seconds} s.`,
    preparing: "Getting the voice ready.",
    speaking: (done, total) => `Speaking: ${done} of ${total} sentences done.`,
    succeeded: "Done. Have a listen!",
    failed: "This could not be spoken.",
    cancelled: "Cancelled.",
  },
  request: {
    title: "Your latest request",
    progress: "Progress",
    player: (member, text) => `${member} says: ${text}`,
    playerFailed:
      "The sound could not be loaded. If this browser does not know the format, download the file instead.",
    reload: "Load again",
    download: "Download",
    cancel: "Cancel",
    retry: "Retry",
    remove: "Delete",
    confirmRemove: "Delete this recording? This can't be undone.",
    dropped: (parts) => `Skipped, because it can't be read aloud: ${parts}`,
    seconds: (seconds) => `${seconds} s`,
    unknownMember: "Member",
  },
  history: {
    title: "Earlier requests",
    empty: "Nothing yet.",
    loading: "Loading your earlier requests…",
    more: "Show more",
  },
  errors: {
    unreachable: "The service could not be reached. Check your connection and try again.",
    unavailable: "The service is not available right now. Please try again in a while.",
    unknown: "Something went wrong. Please try again in a while.",
    retryAfter: (seconds) =>
      `You can try again in ${seconds} ${seconds === 1 ? "second" : "seconds"}.`,
    tryAgain: "Try again",
  },
};
