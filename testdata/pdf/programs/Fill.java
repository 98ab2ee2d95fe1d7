import java.io.File;
import java.io.FileOutputStream;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.interactive.form.PDAcroForm;

/** java Fill.java IN OUT full|incremental: fill the form in by PDFBox. */
public class Fill {
  public static void main(String[] args) throws Exception {
    try (PDDocument doc = PDDocument.load(new File(args[0]))) {
      PDAcroForm form = doc.getDocumentCatalog().getAcroForm();
      form.setNeedAppearances(true); // so that no font has to have every letter
      form.getField("status").setValue("risky");
      form.getField("review_comment").setValue("First line é €\nВторая 😀");
      if (args[2].equals("incremental")) {
        doc.getDocumentCatalog().getCOSObject().setNeedToBeUpdated(true);
        form.getCOSObject().setNeedToBeUpdated(true);
        form.getFieldTree().forEach(f -> f.getCOSObject().setNeedToBeUpdated(true));
        try (FileOutputStream out = new FileOutputStream(args[1])) {
          doc.saveIncremental(out);
        }
      } else {
        doc.save(args[1]);
      }
    }
  }
}
