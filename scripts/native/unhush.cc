// Gives stderr back once TensorFlow's library is loaded: hush.cc.
#include <unistd.h>
extern "C" int hushed_stderr;
__attribute__((constructor)) static void unhush() {
  if (hushed_stderr < 0) return;
  dup2(hushed_stderr, 2);
  close(hushed_stderr);
  hushed_stderr = -1;
}
