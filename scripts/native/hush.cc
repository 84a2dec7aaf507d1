// TensorFlow 2.21 prints two lines about oneDNN while its library is loaded, whatever TF_CPP_MIN_LOG_LEVEL says. So where that
// variable asks for silence, stderr is turned away before the library is loaded; unhush.cc gives it back after. The order is the
// linker's: what a library needs is started first, and of equals the one named last.
#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>
extern "C" { int hushed_stderr = -1; }
__attribute__((constructor)) static void hush() {
  const char* level = std::getenv("TF_CPP_MIN_LOG_LEVEL");
  if (!level || std::atoi(level) < 1) return;
  int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere < 0) return;
  hushed_stderr = fcntl(2, F_DUPFD_CLOEXEC, 3);
  if (hushed_stderr >= 0) dup2(nowhere, 2);
  close(nowhere);
}
