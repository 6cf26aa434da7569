package peers;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Makes spans by turns and prints how many of them are kept, for clients that ask a gateway what to
 * sample.
 */
final class Rounds {
  private final Map<String, String> options = new HashMap<>();

  /** Reads flags, each with a value. */
  Rounds(String[] args) {
    for (int i = 0; i + 1 < args.length; i += 2) {
      options.put(args[i], args[i + 1]);
    }
  }

  /** The host:port that is asked. */
  String endpoint() {
    return options.get("--endpoint");
  }

  /** The host:port that kept spans are sent to; null for nowhere. */
  String report() {
    return options.get("--report");
  }

  String service() {
    return options.getOrDefault("--service", "cart");
  }

  int pollMs() {
    return Integer.parseInt(options.getOrDefault("--poll-ms", "1000"));
  }

  /**
   * Makes a round of root spans about every 50 ms, and prints a line of JSON after each, until the
   * input ends.
   *
   * @param span makes and ends one of an operation, and says whether it is kept
   */
  void run(Predicate<String> span) throws InterruptedException {
    String[] operations = options.getOrDefault("--operations", "GET /cart").split(",");
    int made = Integer.parseInt(options.getOrDefault("--made", "500"));
    Gson gson = new Gson();
    endWithInput();
    while (true) {
      Map<String, Integer> kept = new HashMap<>();
      for (String operation : operations) {
        int sampled = 0;
        for (int i = 0; i < made; i++) {
          if (span.test(operation)) {
            sampled++;
          }
        }
        kept.put(operation, sampled);
      }
      System.out.println(gson.toJson(Map.of("made", made, "kept", kept)));
      Thread.sleep(50);
    }
  }

  private static void endWithInput() {
    Thread reader =
        new Thread(
            () -> {
              try {
                System.in.transferTo(OutputStream.nullOutputStream());
              } catch (IOException error) {
                System.err.println(error);
              }
              System.exit(0);
            });
    reader.setDaemon(true);
    reader.start();
  }
}
