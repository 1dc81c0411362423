import java.io.BufferedReader;
import java.io.InputStreamReader;
import org.apache.maven.artifact.versioning.ComparableVersion;

/** Reads pairs of versions, one pair a line with a tab between, and prints the sign of their order. */
public final class Compare {
  public static void main(String[] arguments) throws Exception {
    var lines = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
    var out = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      var pair = line.split("\t", -1);
      out.append(Integer.signum(new ComparableVersion(pair[0]).compareTo(new ComparableVersion(pair[1])))).append('\n');
    }
    System.out.print(out);
  }
}
