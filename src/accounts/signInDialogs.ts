/** The user's side of signing in, as a seam: the flow can be driven without a window. */
export interface SignInDialogs {
  dispose(): void;
}
