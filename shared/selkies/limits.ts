// What a desktop may at most send at once. A desktop is hostile: whatever is larger is not read, and so costs nothing.
// Policy: every limit is above what the genuine servers send, with room; declared lengths are compared before anything is allocated.

/** Characters of one text message, and bytes of one that is unpacked. The largest genuine ones are clipboard pieces of 22 kB. */
export const TEXT_LIMIT = 4 * 1024 * 1024
/** Characters of one signalling line. An SDP has at most 256 KiB, and JSON escapes its line breaks. */
export const LINE_LIMIT = 512 * 1024
/** Bytes of one binary frame. Source: Selkies 2.1, its largest message to a client. */
export const FRAME_LIMIT = 32 * 1024 * 1024
/** Longest side of a picture, px. Source: Selkies 2.1 takes sizes up to 7680x4320, page sizes up to 8192. */
export const SIDE_LIMIT = 8192
/** Base64 characters of a cursor's PNG: 256x256 px that do not compress are 350,000. */
export const CURSOR_LIMIT = 512 * 1024
/** Characters of the name of a media type. */
export const MIME_LIMIT = 255
/** Keys in one list of held keys. Source: Selkies 2.1. */
export const HELD_LIMIT = 1024
