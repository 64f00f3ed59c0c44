/** What signing in takes besides its dialogs: a part of its own, because most windows never sign in. */
export { completeSignIn } from './completeSignIn';
export { sameSecret } from './loopbackListener';
export { runSignIn } from './signInFlow';
