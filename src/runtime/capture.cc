// Takes what native code writes to stderr for a while: begin() turns file descriptor 2 to memory, end() turns it back
// and returns the text. libtensorflow_framework logs from its static constructors, before anything can set a log
// level, so this is the only way to load it in silence. Built by binding.ts, used by start.ts.
#include <node_api.h>
#include <stdio.h>
#include <unistd.h>

#include <string>

#ifdef __linux__
#include <sys/mman.h>
#endif

static int saved = -1;

static napi_value Begin(napi_env, napi_callback_info) {
  if (saved >= 0) return nullptr;
#ifdef __linux__
  int memory = memfd_create("stderr", 0);
#else
  FILE *file = tmpfile();
  int memory = file ? dup(fileno(file)) : -1;
  if (file) fclose(file);
#endif
  if (memory < 0) return nullptr;
  fflush(stderr);
  saved = dup(2);
  if (saved >= 0) dup2(memory, 2);
  close(memory);
  return nullptr;
}

static napi_value End(napi_env env, napi_callback_info) {
  std::string text;
  if (saved >= 0) {
    fflush(stderr);
    lseek(2, 0, SEEK_SET);
    char block[4096];
    for (ssize_t count; (count = read(2, block, sizeof block)) > 0;) text.append(block, count);
    dup2(saved, 2);
    close(saved);
    saved = -1;
  }
  napi_value result;
  return napi_create_string_utf8(env, text.data(), text.size(), &result) == napi_ok ? result : nullptr;
}

NAPI_MODULE_INIT() {
  napi_property_descriptor functions[] = {
      {"begin", nullptr, Begin, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"end", nullptr, End, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
  };
  napi_define_properties(env, exports, 2, functions);
  return exports;
}
